/**
 * Words of which texts about what is wrong with a change are made, in English and Dutch, and what they are about. None
 * of them tells anything of a person.
 */
const SAFE_WORDS: ReadonlySet<string> = new Set(
  `a about above action actions activity actual additional address after all allowed already also an and another any api archived
  are array article at attendee available bad be been before below between body boolean both but by call campaign cannot channel
  character characters check code collection complete contact content correct could country create created data date
  default deleted denied description did does double duplicate each either email empty end enum error errors exactly exist existing exists
  expected expired failed field fields file for format found from greater has have id identifier ids in incomplete incorrect
  input integer invalid is it item items json key kind known language least length less list long longer longest made max maximum may
  meeting member min minimum missing moment more most must name need needed needs no non not nothing null number object of
  on once one only open or order out over parameter parse past path permission phone please possible postcode presence present
  price problem product profile properties property range read receive received refused registered registration rejected relation removed request
  required result same schema scope set should size something start status street string supported tag text than that
  the theme there this time title to too tried twice type types unexpected unique unknown update use used user valid value values
  was webshop were with within without write wrong year you
  aan actie al alleen als bestaan bestaat bestaande bij dan datum de deze dit dubbel een en er fout fouten geen geldig geldige getal
  groter heeft het ids ingevuld is kan kanaal keer klein kleiner kon lang leeg maximaal maximum mag meer melding met minimaal moet naam niet nodig
  nummer of om onbekend onbekende ongeldig ongeldige ontbreekt op product profiel reeds relatie tekens te tekst tijd toegestaan
  type van veld velden verlopen verplicht verwacht voor waarde waarden was wordt zijn`.split(/\s+/),
);

/** What stands where something was left out. */
const LEFT_OUT = '…';

/**
 * A text of the vendor's without anything that it may quote of what was sent: of its words only those stay that tell
 * nothing of a person, and the names of fields. To leave out the values that were sent would not do: a text may quote
 * them cut, or spelt otherwise.
 *
 * @param names - Of the fields sent, at top level.
 */
export function withSafeWords(text: string, names: readonly string[]): string {
  const fields = new Set(names.map((name) => name.toLowerCase()));
  const isSafe = (word: string): boolean => SAFE_WORDS.has(word) || fields.has(word);
  return text
    .replace(/[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_-]*/gu, (word) =>
      isSafe(word.toLowerCase()) ? word : LEFT_OUT,
    )
    .replace(/[^\p{L}\p{M}\p{N}_ .,:;'"()…-]/gu, LEFT_OUT)
    .replace(/…(?:[\s.,:;'"()-]*…)+/gu, LEFT_OUT);
}

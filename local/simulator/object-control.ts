import type { Fields } from './data/object-set.ts';
import type { Absence, ObjectChange, Period } from './data/presence.ts';
import { OBJECT_KINDS, type ObjectKind } from './object-kinds.ts';
import type { World } from './world.ts';

/** Changes objects, and tells when they were there. */
export interface ObjectControl {
  /**
   * Adds a generated object at the end of its listing. The given fields replace the generated ones.
   *
   * @returns The object's number in the control interface, which is independent of its fields.
   */
  create(kind: ObjectKind, fields?: Fields): number;
  /** Returns the object's fields; undefined if it does not exist. */
  get(kind: ObjectKind, id: number): Fields | undefined;
  /** Sets fields. A field set to undefined is left out of answers. Fields of relations have their readable names. */
  edit(kind: ObjectKind, id: number, fields: Fields): void;
  remove(kind: ObjectKind, id: number): void;
  /** Brings a removed object back with exactly its last fields. */
  restore(kind: ObjectKind, id: number): void;
  /** Gives an object another key: removes it, and creates one with the same fields otherwise. @returns Its new number. */
  renumber(kind: ObjectKind, id: number): number;
  /** The value that identifies an object, also a removed one; undefined if there never was one with this number. */
  keyOf(kind: ObjectKind, id: number): unknown;
  /** The latest moment of the record. Each request and each change of an object is a moment of its own. */
  moment(): number;
  /**
   * Returns the numbers of the objects that listings of a kind had at every moment of a period, ascending. An object that a fault
   * hides is absent; one on a page that a fault empties is not.
   */
  standing(kind: ObjectKind, period?: Period): number[];
  /** Returns when an object left and came back, in order of leaving. */
  absences(kind: ObjectKind, id: number): Absence[];
  /** Returns all creations, edits, removals and returns of objects of a kind, in order. */
  changes(kind: ObjectKind): ObjectChange[];
  /** Moves a relation from the collections to the archive. */
  archive(relationId: number, reason?: string): void;
  /** Archives a relation as merged into another, which stays. */
  merge(relationId: number, keptRelationId: number): void;
}

export function createObjectControl(world: World): ObjectControl {
  return {
    create: (kind, fields) => world.create(checked(kind), fields),
    get: (kind, id) => world.get(checked(kind), id),
    edit: (kind, id, fields) => world.edit(checked(kind), id, fields),
    remove: (kind, id) => world.remove(checked(kind), id),
    restore: (kind, id) => world.restore(checked(kind), id),
    renumber: (kind, id) => world.renumber(checked(kind), id),
    keyOf: (kind, id) => world.keyOf(checked(kind), id),
    archive: (relationId, reason) => world.relationArchive.archive(relationId, reason),
    merge: (relationId, keptRelationId) => world.relationArchive.merge(relationId, keptRelationId),
    moment: () => world.timeline.moment,
    standing: (kind, period) => world.standing(checked(kind), period),
    absences: (kind, id) => world.absences(checked(kind), id),
    changes: (kind) => world.changes(checked(kind)),
  };
}

function checked(kind: ObjectKind): ObjectKind {
  if (!OBJECT_KINDS.includes(kind)) {
    throw new TypeError(`unknown kind of object; known are ${OBJECT_KINDS.join(', ')}`);
  }
  return kind;
}

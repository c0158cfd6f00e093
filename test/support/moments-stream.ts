/** A stream as a config has it: what a user with the scope `contact_moment/view` can read. */
export const MOMENTS_STREAM = {
  name: 'moments',
  path: '/l/contact_moment_api/contact_moment',
  mediaType: 'application/vnd.procurios.contact_moment+json; version=1',
  key: 'id',
  paging: { kind: 'numberedPages', ahead: 4 },
};

/** Bull 3 brings no types. What the specs use of it is as in 4, but for de-duplication. */
declare module 'bull-3' {
  import type Bull from 'bull';
  const Bull3: typeof Bull;
  export default Bull3;
}

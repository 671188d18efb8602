package dev.enclave.kit.record;

/**
 * What was held of a key was overwritten while somebody worked with it, since the key was read
 * anew, or its time was over. Whoever gets this begins again.
 */
final class SupersededException extends Exception {
  private static final long serialVersionUID = 1L;

  SupersededException() {
    super("what was held of the key was overwritten meanwhile");
  }
}

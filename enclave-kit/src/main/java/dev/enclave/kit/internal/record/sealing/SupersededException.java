package dev.enclave.kit.internal.record.sealing;

/**
 * What was held of a key was overwritten while somebody worked with it, since the key was read
 * anew, or its time was over. Whoever gets this begins again.
 */
public final class SupersededException extends Exception {
  private static final long serialVersionUID = 1L;

  public SupersededException() {
    super("what was held of the key was overwritten meanwhile");
  }
}

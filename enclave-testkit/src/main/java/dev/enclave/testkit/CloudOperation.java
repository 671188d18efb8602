package dev.enclave.testkit;

/** What can be asked of a cloud-shaped backend, for {@link FaultScript}. */
public enum CloudOperation {
  LOAD(false),
  LIST(false),
  ADOPT(false),
  HEALTH(false),
  CREATE(true),
  PREPARE(true),
  ACTIVATE(true),
  CHANGE_STATE(true),
  SIGN(true),
  WRAP(true),
  UNWRAP(true);

  private final boolean effect;

  CloudOperation(boolean effect) {
    this.effect = effect;
  }

  /** Whether a lost answer leaves it open if something happened; a lost read is just repeated. */
  boolean hasEffect() {
    return effect;
  }
}

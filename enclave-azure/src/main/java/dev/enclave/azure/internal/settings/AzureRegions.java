package dev.enclave.azure.internal.settings;

/**
 * In how many regions the vault or managed HSM takes writes, as the operator says. A managed HSM
 * may be extended to a second one, and what is written in either is seen in the other up to six
 * minutes later.
 */
public enum AzureRegions {
  ONE,
  SEVERAL,
  /** It was not said. A vault takes writes in one region alone. */
  UNSAID
}

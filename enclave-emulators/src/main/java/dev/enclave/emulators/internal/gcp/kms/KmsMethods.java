package dev.enclave.emulators.internal.gcp.kms;

import dev.enclave.emulators.internal.gcp.common.Operations;

/** The methods of the service that are served. */
public final class KmsMethods {

  private KmsMethods() {}

  /** Registers them. */
  public static void register(Operations operations, Shared shared) {
    new KeyRings(shared).register(operations);
    new CryptoKeys(shared).register(operations);
    new Versions(shared).register(operations);
    new VersionStates(shared).register(operations);
    new PublicKeys(shared).register(operations);
    new Signing(shared).register(operations);
    new KeyUpdates(shared).register(operations);
    new Encryption(shared).register(operations);
    new AsymmetricDecryption(shared).register(operations);
    new RandomBytes(shared).register(operations);
    new ImportJobs(shared).register(operations);
    new Imports(shared).register(operations);
    new Locations(shared).register(operations);
    new Permissions(shared).register(operations);
  }
}

package dev.enclave.emulators.internal.gcp.kms;

import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.management.CryptoKeys;
import dev.enclave.emulators.internal.gcp.kms.management.Deletions;
import dev.enclave.emulators.internal.gcp.kms.management.KeyRings;
import dev.enclave.emulators.internal.gcp.kms.management.KeyUpdates;
import dev.enclave.emulators.internal.gcp.kms.management.PublicKeys;
import dev.enclave.emulators.internal.gcp.kms.management.VersionStates;
import dev.enclave.emulators.internal.gcp.kms.management.Versions;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import dev.enclave.emulators.internal.gcp.kms.transfer.ImportJobs;
import dev.enclave.emulators.internal.gcp.kms.transfer.Imports;
import dev.enclave.emulators.internal.gcp.kms.transfer.TrustedWrapping;
import dev.enclave.emulators.internal.gcp.kms.use.AsymmetricDecryption;
import dev.enclave.emulators.internal.gcp.kms.use.Encryption;
import dev.enclave.emulators.internal.gcp.kms.use.RandomBytes;
import dev.enclave.emulators.internal.gcp.kms.use.Signing;

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
    new Deletions(shared).register(operations);
    new Encryption(shared).register(operations);
    new AsymmetricDecryption(shared).register(operations);
    new RandomBytes(shared).register(operations);
    new ImportJobs(shared).register(operations);
    new Imports(shared).register(operations);
    new TrustedWrapping(shared).register(operations);
    new Locations(shared).register(operations);
    new Permissions(shared).register(operations);
  }
}

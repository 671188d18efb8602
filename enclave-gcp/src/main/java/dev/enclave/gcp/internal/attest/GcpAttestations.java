package dev.enclave.gcp.internal.attest;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.KeyOperationAttestation;
import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;

/** What the HSM says of a version, fetched and read. */
public final class GcpAttestations implements Attester {

  private final GcpKeys keys;

  public GcpAttestations(GcpKeys keys) {
    this.keys = keys;
  }

  @Override
  public Attestation attest(KeyVersionRef ref, CallContext call) throws BackendFailure {
    if (!GcpNames.names(ref.providerUri(), ref.version())) {
      throw GcpRefusals.COMMON.noVersion(ref.name(), ref.version());
    }
    CryptoKeyVersion version = keys.version(ref.providerUri(), call);
    KeyOperationAttestation given = version.getAttestation();
    if (!version.hasAttestation() || given.getContent().isEmpty()) {
      throw BackendFailure.permanent(
              FailureCode.UNSUPPORTED,
              "Cloud KMS has no attestation of "
                  + ref.providerUri()
                  + ", which is of protection level "
                  + version.getProtectionLevel()
                  + ". Versions in an HSM have one.")
          .naming(ref.providerUri());
    }
    return GcpStatement.of(given)
        .attestation(
            given.getFormat().toString(),
            Bytes.of(given.getContent().toByteArray()),
            keys.publicKey(GcpKeys.of(version), ref.algorithm(), call).map(PublicKeyInfo::spki));
  }

  /**
   * Checks that a statement beside a wrapping key is on that key, where it says so.
   *
   * @param spki the wrapping key
   */
  public static void requireOn(KeyOperationAttestation given, Bytes spki) throws BackendFailure {
    if (!given.getContent().isEmpty()) {
      GcpStatement statement = GcpStatement.of(given);
      statement.requireSigned();
      statement.requireMatch(spki);
    }
  }
}

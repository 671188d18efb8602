package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKey;
import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import java.util.UUID;

/**
 * Keys in Google Cloud KMS. A key is a CryptoKey of one key ring, its versions are KMS's. Which one
 * is active, the {@code VersionLedger} decides.
 */
public final class GcpKmsBackend {

  private GcpKmsBackend() {}

  /** Takes {@code session} over: it ends with the backend. */
  public static SigningBackend over(GcpSession session, BackendContext context) {
    GcpCalls calls = new GcpCalls(session);
    GcpKeys keys = new GcpKeys(calls, context.publishAhead());
    VersionLedger ledger = VersionLedger.of(keys);
    GcpAccess access =
        new GcpAccess(calls, ledger, keys.findings(), GcpConnections.logs(context.snapshot()));
    return new RemoteBackend(
        BackendDescription.of(
                BackendId.GCP_KMS, session.keyRing(), RemoteBackend.TRAITS, GcpScheme.supported())
            .withAssuranceCeiling(session.ceiling()),
        calls.gate(),
        ledger::load,
        access::report,
        List.of(
            ledger,
            ledger.importer(new GcpImports(calls, context.random())),
            new GcpUse(keys, context.random()),
            ledger.adopter(keys, context.time()),
            access,
            (Attester) (ref, call) -> GcpStatement.attest(keys, ref, call)));
  }

  /** CryptoKeys as an administrator makes them, without a label. */
  public record Bare(GcpCalls calls) implements BareKeys {

    @Override
    public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
      GcpScheme scheme = GcpScheme.of(algorithm);
      String id = "enclave_conformance_" + UUID.randomUUID();
      CryptoKey made =
          calls.send(
              GcpOperation.CREATE_KEY,
              calls.session().keyRing(),
              request -> request.setCryptoKeyId(id).setCryptoKey(scheme.key()),
              call);
      boolean certain = GcpScheme.of(scheme.kms()).equals(List.of(algorithm));
      return certain ? made.getName() : made.getName() + "#" + algorithm;
    }

    @Override
    public void remove(String providerUri, CallContext call) throws BackendFailure {
      String key = providerUri.replaceFirst("#.*", "");
      for (ServiceKey version : GcpKeys.versions(calls, key, call)) {
        if (version.material() == ServiceKey.Material.ON) {
          calls.send(GcpOperation.DESTROY_VERSION, version.uri(), call);
        }
      }
    }

    @Override
    public void close() {
      calls.gate().close();
    }
  }
}

package dev.enclave.gcp.internal.backend;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.gcp.internal.access.GcpAccess;
import dev.enclave.gcp.internal.attest.GcpAttestations;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpSession;
import dev.enclave.gcp.internal.connect.GcpChannels;
import dev.enclave.gcp.internal.connect.GcpSessions;
import dev.enclave.gcp.internal.keys.GcpAdopter;
import dev.enclave.gcp.internal.keys.GcpDirectory;
import dev.enclave.gcp.internal.keys.GcpFindings;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.keys.GcpLister;
import dev.enclave.gcp.internal.keys.GcpPublicKeys;
import dev.enclave.gcp.internal.keys.GcpSnapshots;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.gcp.internal.transfer.GcpImporter;
import dev.enclave.gcp.internal.transfer.GcpImports;
import dev.enclave.gcp.internal.use.GcpUse;
import dev.enclave.gcp.internal.versions.GcpCreator;
import dev.enclave.gcp.internal.versions.GcpOrphans;
import dev.enclave.gcp.internal.versions.GcpRotator;
import dev.enclave.gcp.internal.versions.GcpStateChanger;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.key.RefusedStamps;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import java.util.Set;

/**
 * Keys in Google Cloud KMS. A key is a CryptoKey of one key ring, its versions are KMS's. Where the
 * active one is recorded, and who wins a race: {@code Activation}.
 */
public final class GcpKmsBackend {

  private static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.EVENTUALLY_CONSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS);

  private GcpKmsBackend() {}

  /** Opens it over a session of its own. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return over(session(context), context);
  }

  static GcpSession session(BackendContext context) throws BackendFailure {
    return new GcpSessions(context).open();
  }

  /** Takes {@code session} over: it ends with the backend. */
  public static SigningBackend over(GcpSession session, BackendContext context) {
    GcpCalls calls = new GcpCalls(session);
    LastToSign lastToSign = new LastToSign();
    GcpLevels levels = new GcpLevels();
    GcpPublicKeys publicKeys = new GcpPublicKeys(calls, levels);
    GcpKeys keys =
        new GcpKeys(
            calls,
            new GcpDirectory(calls),
            lastToSign,
            new GcpSnapshots(
                publicKeys,
                levels,
                lastToSign,
                calls.threads(),
                session.reportsHsm(),
                new GcpFindings(context.publishAhead())));
    GcpStateChanger states = new GcpStateChanger(keys);
    GcpLister lister = new GcpLister(calls, keys.activations());
    GcpAccess access = new GcpAccess(keys, GcpChannels.logs(context.snapshot()));
    return new RemoteBackend(
        BackendDescription.of(BackendId.GCP_KMS, session.keyRing(), TRAITS, GcpScheme.supported())
            .withAssuranceCeiling(session.reportsHsm() ? Assurance.HSM : Assurance.SOFTWARE),
        calls.gate(),
        keys::load,
        access::report,
        List.of(
            new GcpCreator(keys),
            new GcpUse(calls, publicKeys, levels, context.random()),
            lister,
            new GcpRotator(keys, states),
            states,
            new GcpAdopter(keys, new RefusedStamps(context.time())),
            new GcpImporter(keys, new GcpImports(keys, context.random()), states),
            new GcpOrphans(keys, lister, states),
            access,
            new GcpAttestations(keys)));
  }
}

package dev.enclave.gcp.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Opens the backend over a session of the test's own. */
public record TestProvider(Supplier<GcpSession> session, UnaryOperator<SigningBackend> narrowing)
    implements BackendProvider {

  /** What is expected of the backend. */
  public static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.EVENTUALLY_CONSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS,
          BackendTrait.CREATES,
          BackendTrait.SIGNS,
          BackendTrait.LISTS,
          BackendTrait.ROTATES,
          BackendTrait.CHANGES_STATE,
          BackendTrait.WRAPS,
          BackendTrait.ADOPTS,
          BackendTrait.IMPORTS,
          BackendTrait.RECONCILES,
          BackendTrait.PROBES_PERMISSIONS,
          BackendTrait.ATTESTS);

  public TestProvider(Supplier<GcpSession> session) {
    this(session, backend -> backend);
  }

  @Override
  public BackendId id() {
    return BackendId.GCP_KMS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("a test asked for it");
  }

  @Override
  public SigningBackend open(BackendContext context) {
    return narrowing.apply(GcpKmsBackend.over(session.get(), context));
  }
}

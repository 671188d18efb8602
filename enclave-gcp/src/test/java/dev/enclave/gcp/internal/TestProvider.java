package dev.enclave.gcp.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.gcp.internal.backend.GcpKmsBackend;
import dev.enclave.gcp.internal.calls.GcpSession;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendProvider;
import dev.enclave.spi.Detection;
import dev.enclave.spi.DetectionContext;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.SigningBackend;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Opens the backend over a session of the test's own. */
public record TestProvider(
    Supplier<GcpSession> session, Function<GcpKmsBackend, SigningBackend> narrowing)
    implements BackendProvider {

  public TestProvider(Supplier<GcpSession> session) {
    this(session, backend -> backend);
  }

  @Override
  public BackendId id() {
    return BackendId.GCP_KMS;
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of();
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
    return narrowing.apply(new GcpKmsBackend(session.get(), context));
  }
}

package dev.enclave.testkit.sink;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.core.internal.environment.SystemTime;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** The files. What they do when the disk fails or is slow, the engine's own tests show. */
class FileSinkContractTest implements AuditSinkContract {

  private final Path directory;

  FileSinkContractTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Override
  public AuditSinkUnderTest openSink() throws IOException {
    AuditLogSettings settings =
        new AuditLogSettings(
            new SystemTime(), new SystemTime(), new SecureRandom(), 1 << 20, Optional.empty());
    return new Files(FileAuditSink.open(directory, settings), directory);
  }

  private record Files(AuditSink sink, Path directory) implements AuditSinkUnderTest {

    @Override
    public List<String> written() {
      List<String> lines = new ArrayList<>();
      EnclaveFactory.builder()
          .discovery(false)
          .with(FakeEnvironment.empty())
          .config(new ConfigSource("test", Map.of("enclave.audit.directory", directory.toString())))
          .auditLog()
          .reader()
          .read(record -> lines.add(record.line()));
      return lines;
    }
  }
}

package dev.enclave.slf4j;

import dev.enclave.auditlog.stream.OutputAuditSink;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.testkit.sink.AuditSinkUnderTest;
import dev.enclave.testkit.sink.FailingAuditSinkContract;
import java.util.List;
import java.util.Random;
import org.slf4j.event.Level;

/** The sink the engine puts before the output keeps what every sink must. */
class Slf4jSinkContractTest implements FailingAuditSinkContract {

  @Override
  public AuditSinkUnderTest openSink() {
    CapturingLogger logger = new CapturingLogger();
    return new Logged(new OutputAuditSink(new Slf4jAuditOutput(logger), new Random(1)), logger);
  }

  private record Logged(AuditSink sink, CapturingLogger logger) implements AuditSinkUnderTest {

    @Override
    public List<String> written() {
      return logger.logged().stream().flatMap(logged -> logged.text().lines()).toList();
    }

    @Override
    public void failing(boolean fails) {
      logger.from(fails ? Level.ERROR : Level.INFO);
    }
  }
}

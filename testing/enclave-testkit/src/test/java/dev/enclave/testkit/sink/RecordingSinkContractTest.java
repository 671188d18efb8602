package dev.enclave.testkit.sink;

import dev.enclave.testkit.RecordingAuditSink;
import java.util.List;

/** The testkit's own sink is as good as a real one. */
class RecordingSinkContractTest implements FailingAuditSinkContract {

  @Override
  public AuditSinkUnderTest openSink() {
    return new Remembered(new RecordingAuditSink());
  }

  private record Remembered(RecordingAuditSink sink) implements AuditSinkUnderTest {

    @Override
    public List<String> written() {
      return sink.events().stream().map(event -> event.toString()).toList();
    }

    @Override
    public void failing(boolean fails) {
      sink.failWhen(event -> fails);
    }
  }
}

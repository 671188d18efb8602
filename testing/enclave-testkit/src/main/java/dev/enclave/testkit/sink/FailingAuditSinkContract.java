package dev.enclave.testkit.sink;

import static dev.enclave.testkit.sink.SinkEvents.event;
import static dev.enclave.testkit.sink.SinkEvents.id;
import static dev.enclave.testkit.sink.SinkEvents.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a sink must do whose place fails, by {@link AuditSinkUnderTest#failing}. */
public interface FailingAuditSinkContract extends AuditSinkContract {

  @Test
  default void aRefusedEventIsNeverWrittenLater() throws IOException {
    AuditSinkUnderTest place = openSink();
    try (AuditSink sink = place.sink()) {
      sink.append(event(0, 0), Durability.DURABLE);
      place.failing(true);
      for (int i = 1; i < 4; i++) {
        int number = i;
        assertThatThrownBy(() -> sink.append(event(0, number), Durability.DURABLE))
            .as("an event while the place fails")
            .isInstanceOf(IOException.class);
      }
      place.failing(false);
      sink.append(event(0, 4), Durability.DURABLE);
      sink.append(event(0, 5), Durability.BUFFERED);
    }
    assertThat(ids(place.written())).containsExactly(id(0, 0), id(0, 4), id(0, 5));
  }
}

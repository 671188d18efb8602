package dev.enclave.testkit.sink;

import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.util.List;

/** A sink whose place can be read. Made anew for each test; used by its threads. */
public interface AuditSinkUnderTest {

  /** The sink. */
  AuditSink sink();

  /**
   * What is in the place now, also while the sink is open: a text for each record, as whoever reads
   * the place tells them apart, in their order. Each holds its event's operation id as it was.
   *
   * @throws IOException when it cannot be read
   */
  List<String> written() throws IOException;

  /** From now on the place takes nothing, or takes all again: {@link FailingAuditSinkContract}. */
  default void failing(boolean fails) {
    throw new UnsupportedOperationException("this sink's place cannot be made to fail");
  }

  /**
   * From now on the place makes the sink wait, or lets it go on: {@link WaitingAuditSinkContract}.
   */
  default void holding(boolean holds) {
    throw new UnsupportedOperationException("this sink's place cannot be made to wait");
  }
}

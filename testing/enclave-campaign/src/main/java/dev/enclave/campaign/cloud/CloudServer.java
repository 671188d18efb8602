package dev.enclave.campaign.cloud;

import dev.enclave.emulators.wire.JournalEntry;
import java.util.List;

/** A running server of a cloud. Thread-safe. */
public interface CloudServer extends AutoCloseable {

  /** What points a client at it. */
  Deployment deployment();

  /** The same, with credentials of which a part is secret and travels with each request. */
  default Deployment deploymentByToken() {
    return deployment();
  }

  /**
   * What it was asked, oldest first; a copy. {@link JournalEntry#requestId()} is what the audit log
   * is to name the request by: the service's id, or, where it gives none, the client's.
   */
  List<JournalEntry> journal();

  @Override
  void close();
}

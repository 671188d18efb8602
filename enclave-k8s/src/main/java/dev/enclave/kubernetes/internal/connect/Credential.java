package dev.enclave.kubernetes.internal.connect;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.spi.BackendFailure;
import java.util.List;
import java.util.Optional;

/** As whom the API server is asked. Shows nothing of a token. Thread-safe. */
public interface Credential {

  /**
   * The token as it is now; none where the connection's certificate says who asks. It is read anew
   * each time, which costs less than a request by far.
   *
   * @throws BackendFailure when there is none, or the environment type forbids it
   */
  Optional<Token> token() throws BackendFailure;

  /** What it is and where it comes from, as messages name it. */
  String named();

  /** What replaces it by one that has not ended, without a full stop. */
  String renewal();

  /** What an operator ought to know of it. */
  List<Finding> findings();
}

package dev.enclave.core.internal.key;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class AsyncExecutorTest {

  @Test
  void startsNoThread_onceItIsClosed_alsoIfItHadNoneBefore() {
    AsyncExecutor executor = new AsyncExecutor();
    executor.close();
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> executor.get().execute(() -> {}));
  }
}

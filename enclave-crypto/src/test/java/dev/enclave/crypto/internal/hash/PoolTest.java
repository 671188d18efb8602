package dev.enclave.crypto.internal.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoolTest {

  @Test
  void givesBackWhatWasPut_once() {
    Pool<String> pool = new Pool<>();
    assertThat(pool.take()).isNull();
    pool.put("a");
    assertThat(pool.take()).isEqualTo("a");
    assertThat(pool.take()).isNull();
  }

  @Test
  void keepsNoMoreThanItHasRoomFor_andNothingOnceCleared() {
    Pool<Integer> pool = new Pool<>();
    for (int i = 0; i < 100; i++) {
      pool.put(i);
    }
    int kept = 0;
    while (pool.take() != null) {
      kept++;
    }
    assertThat(kept).isBetween(1, 99);
    pool.put(1);
    pool.clear();
    assertThat(pool.take()).isNull();
  }

  @Test
  void neverGivesOneObjectToTwoThreadsAtOnce() throws Exception {
    Pool<AtomicInteger> pool = new Pool<>();
    for (int i = 0; i < 3; i++) {
      pool.put(new AtomicInteger());
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> ends = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ends.add(threads.submit(() -> neverShares(pool)));
      }
      for (Future<Boolean> end : ends) {
        assertThat(end.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean neverShares(Pool<AtomicInteger> pool) {
    for (int i = 0; i < 50_000; i++) {
      AtomicInteger users = pool.take();
      if (users != null) {
        if (users.incrementAndGet() != 1) {
          return false;
        }
        users.decrementAndGet();
        pool.put(users);
      }
    }
    return true;
  }
}

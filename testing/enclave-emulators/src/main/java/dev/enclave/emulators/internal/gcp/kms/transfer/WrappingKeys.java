package dev.enclave.emulators.internal.gcp.kms.transfer;

import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Wrapping keys of import jobs. Two of each size serve all servers of a process in turn, since
 * making one takes a second; so a job's key is never that of the job before. Thread-safe.
 */
final class WrappingKeys {

  private static final int OF_A_SIZE = 2;
  private static final Map<Integer, List<RsaMaterial>> MADE = new ConcurrentHashMap<>();

  private final AtomicInteger given = new AtomicInteger();

  RsaMaterial next(int bits) {
    int turn = Math.floorMod(given.getAndIncrement(), OF_A_SIZE);
    List<RsaMaterial> keys = MADE.computeIfAbsent(bits, size -> new ArrayList<>());
    synchronized (keys) {
      while (keys.size() <= turn) {
        keys.add(RsaMaterial.generate(bits, new SecureRandom()));
      }
      return keys.get(turn);
    }
  }
}

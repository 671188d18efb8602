package dev.enclave.crypto.dump;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.Message;
import dev.enclave.crypto.DataKey;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.SecretBytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that makes keys, loads them from files as a store does, signs and closes them. It says
 * on standard output how far it is and goes on when it reads a line. What it hands its parent is
 * masked, so that nothing but the keys' own use can bring them into its memory.
 */
final class DumpedProcess {

  static final String DATA_KEY = "data-key";

  private static final int COLLECTIONS = 5;
  private static final Duration BETWEEN_COLLECTIONS = Duration.ofMillis(200);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");

  /** What is deliberately held, so that the scanner shows that it sees. */
  private static final List<Object> LEAKS = new ArrayList<>();

  private final Path folder;
  private final int signatures;
  private final BufferedReader parent =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private DumpedProcess(Path folder, int signatures) {
    this.folder = folder;
    this.signatures = signatures;
  }

  /** Arguments: a folder, the number of signatures of each key, algorithms. */
  public static void main(String[] arguments) throws Exception {
    DumpedProcess process =
        new DumpedProcess(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    process.run(Arrays.stream(arguments).skip(2).map(KeyAlgorithm::parse).toList());
  }

  private void run(List<KeyAlgorithm> algorithms) throws Exception {
    leak();
    DataKey dataKey = dataKey();
    // Bouncy Castle's copies of what the key is derived from go with the next collection.
    System.gc();
    List<LocalKey> keys = new ArrayList<>();
    for (KeyAlgorithm algorithm : algorithms) {
      create(algorithm);
      keys.add(load(algorithm));
    }
    say("created");
    CountDownLatch half = new CountDownLatch(signatures / 2);
    AtomicBoolean looked = new AtomicBoolean();
    Thread user = new Thread(() -> useAll(keys, half, looked));
    user.start();
    half.await();
    say("signing");
    looked.set(true);
    user.join();
    keys.forEach(LocalKey::close);
    dataKey.close();
    say("closed");
    // Not to clean up after us: ACCP frees what two of its objects share when both are found, in a
    // thread of its own that nobody can wait for.
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      LockSupport.parkNanos(BETWEEN_COLLECTIONS.toNanos());
    }
    say("collected");
  }

  private void leak() throws IOException {
    for (String form : List.of("array", "text", "number")) {
      byte[] secret = new byte[32];
      RANDOM.nextBytes(secret);
      secret[0] &= 0x7f;
      LEAKS.add(
          switch (form) {
            case "array" -> secret.clone();
            case "text" -> HexFormat.of().formatHex(secret);
            default -> new BigInteger(1, secret);
          });
      save("leak-" + form, secret);
    }
  }

  private void create(KeyAlgorithm algorithm) throws IOException {
    try (LocalKey key = LocalKey.generate(algorithm, RANDOM);
        SecretBytes encoded = key.encode()) {
      save(algorithm.name(), encoded.exposeSecret());
    }
  }

  /** One that was opened once, used, and is kept for the next use. */
  private DataKey dataKey() throws IOException {
    byte[] raw = new byte[32];
    RANDOM.nextBytes(raw);
    try (SecretBytes unwrapped = SecretBytes.takeOver(raw.clone())) {
      save(DATA_KEY, raw);
      DataKey key = DataKey.of(unwrapped);
      Bytes nonce = Bytes.of(new byte[12]);
      key.decrypt(nonce, Bytes.empty(), key.encrypt(nonce, Bytes.empty(), new byte[16]));
      return key;
    }
  }

  private LocalKey load(KeyAlgorithm algorithm) throws IOException {
    byte[] masked = Files.readAllBytes(folder.resolve(algorithm.name()));
    try (SecretBytes encoded = SecretBytes.takeOver(masked(masked))) {
      return LocalKey.decode(algorithm, encoded, RANDOM);
    }
  }

  /** Overwrites {@code secret} by what it writes. */
  private void save(String name, byte[] secret) throws IOException {
    Files.write(folder.resolve(name), masked(secret));
  }

  /** Masks, and takes the mask away. */
  static byte[] masked(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= (byte) (0xa5 + 31 * i);
    }
    return bytes;
  }

  /** Until each key has made its signatures, and the parent has looked. */
  private void useAll(List<LocalKey> keys, CountDownLatch half, AtomicBoolean looked) {
    for (int done = 0; done < signatures || !looked.get(); done++) {
      keys.forEach(DumpedProcess::use);
      half.countDown();
    }
  }

  private static void use(LocalKey key) {
    if (key.algorithm().purpose() == KeyPurpose.SIGN) {
      key.sign(MESSAGE);
      return;
    }
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      Bytes wrapped = key.wrap(dataKey);
      key.unwrap(wrapped).close();
    }
  }

  private void say(String state) throws IOException {
    System.out.println(state);
    parent.readLine();
  }
}

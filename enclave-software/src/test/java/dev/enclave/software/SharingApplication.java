package dev.enclave.software;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Creates, rotates and signs in a store that others work in as well, opens it anew now and then,
 * and writes down what each call returned. A copy of the library runs it, or a process.
 */
public final class SharingApplication implements Runnable {

  private static final int LEAST = 30;
  private static final int BEFORE_REOPENING = 10;
  private static final int SHARED_KEYS = 3;

  private final SharedPlace place;
  private final Path journal;
  private final String name;
  private final long end;

  /**
   * @param name of its keys and its calls
   * @param seconds how long it goes on at least
   */
  public SharingApplication(String directory, String journal, String name, String seconds) {
    this.place = new SharedPlace(Path.of(directory));
    this.journal = Path.of(journal);
    this.name = name;
    this.end = System.nanoTime() + Long.parseLong(seconds) * 1_000_000_000L;
  }

  public static void main(String[] arguments) {
    new SharingApplication(arguments[0], arguments[1], arguments[2], arguments[3]).run();
  }

  @Override
  public void run() {
    try (Writer out = Files.newBufferedWriter(journal, StandardCharsets.UTF_8)) {
      for (int step = 0; step < LEAST || System.nanoTime() < end; ) {
        try (Enclave enclave = place.open()) {
          for (int i = 0; i < BEFORE_REOPENING; i++) {
            work(enclave, step++, out);
          }
        } catch (EnclaveException e) {
          failed(out, name + "-" + step++, e);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void work(Enclave enclave, int step, Writer out) throws IOException {
    String call = name + "-" + step;
    String shared = "shared-" + step % SHARED_KEYS;
    try {
      switch (step % 5) {
        case 0 -> create(enclave.by(call), call, out);
        case 1 -> rotate(enclave.by(call), shared, call, out);
        default -> sign(enclave, shared, call, out);
      }
    } catch (EnclaveException e) {
      failed(out, call, e);
    }
  }

  private static void create(Enclave enclave, String call, Writer out) throws IOException {
    SigningKey key = enclave.createKey(KeySpec.named(call).algorithm(SigningAlgorithm.ED25519));
    note(out, "created", call, key.handle().toString());
  }

  private static void rotate(Enclave enclave, String shared, String call, Writer out)
      throws IOException {
    SigningKey key = ensure(enclave, shared);
    KeyVersion next =
        enclave.admin().key(key.handle()).rotate(RotationRequest.now().by(call)).active();
    note(out, "rotated", call, key.handle().toString(), next.id().value());
  }

  private static void sign(Enclave enclave, String shared, String call, Writer out)
      throws IOException {
    SigningKey key = ensure(enclave.by(call), shared);
    var signature = key.sign(Message.ofUtf8(call), SignOptions.by(call));
    note(out, "signed", call, key.handle().toString(), signature.bytes().toHex());
  }

  private static SigningKey ensure(Enclave enclave, String shared) {
    return enclave.ensureKey(KeySpec.named(shared).algorithm(SigningAlgorithm.ED25519));
  }

  private static void failed(Writer out, String call, EnclaveException e) throws IOException {
    String kind = e.code() == ErrorCode.ROTATION_CONFLICT ? "overtaken" : "failed";
    note(out, kind, call, e.code().name(), e.getMessage().replace('\n', ' '));
  }

  private static void note(Writer out, String... words) throws IOException {
    out.write(String.join(" ", words) + "\n");
    out.flush();
  }
}

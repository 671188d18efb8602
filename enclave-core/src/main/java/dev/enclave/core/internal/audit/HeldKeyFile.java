package dev.enclave.core.internal.audit;

import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.UsageException;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The file that says which key of a backend signs the checkpoints: three lines, {@code handle},
 * {@code version} and {@code key}, the verifier key. It counts for the log of that verifier key
 * alone, so that one a crash has left behind means nothing.
 */
final class HeldKeyFile {

  static final String NAME = "checkpoint.backend";

  private static final int LONGEST = 1 << 14;

  private HeldKeyFile() {}

  /** The key a log's verifier key is the public half of; none if no backend holds it. */
  static Optional<HeldKey> read(LogFiles files, VerifierKey verifier) throws IOException {
    if (!files.names().contains(NAME)) {
      return Optional.empty();
    }
    String text;
    try (LaneFile file = files.openToRead(NAME)) {
      text = new String(file.tail((int) Math.min(LONGEST, file.size())), StandardCharsets.UTF_8);
    }
    if (!text.endsWith("key " + verifier.text() + "\n")) {
      return Optional.empty();
    }
    List<String> lines = text.lines().toList();
    try {
      HeldKey held =
          new HeldKey(
              KeyHandle.parse(lines.get(0).substring("handle ".length())),
              KeyVersionId.of(lines.get(1).substring("version ".length())),
              verifier.key());
      if (text(held, verifier).equals(text)) {
        return Optional.of(held);
      }
    } catch (UsageException | IndexOutOfBoundsException e) {
      // Told below.
    }
    throw new CorruptLogException(NAME + " does not say which key signs the checkpoints");
  }

  static byte[] encoded(HeldKey held, VerifierKey verifier) {
    return text(held, verifier).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(HeldKey held, VerifierKey verifier) {
    return "handle "
        + held.handle()
        + "\nversion "
        + held.version()
        + "\nkey "
        + verifier.text()
        + "\n";
  }
}

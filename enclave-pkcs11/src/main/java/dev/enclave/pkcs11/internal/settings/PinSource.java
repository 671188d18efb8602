package dev.enclave.pkcs11.internal.settings;

import dev.enclave.kit.claim.FileChecks;
import dev.enclave.kit.claim.ProcessUser;
import dev.enclave.kit.claim.UnsafeFileException;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where the PIN comes from. It is read anew each time, and kept nowhere.
 *
 * @param section the settings, and the application's source of secrets
 * @param file whose first line is the PIN
 */
public record PinSource(CheckedSettings section, Optional<Path> file) {

  private static final int LONGEST_PIN = 255;

  /**
   * The PIN; nothing where none is configured. The caller closes it.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} where its file will not do
   */
  public Optional<SecretBytes> read() throws BackendFailure {
    Optional<SecretBytes> answered = section.settings().secret(Pkcs11Settings.PIN);
    if (answered.isPresent()) {
      return answered;
    }
    if (file.isPresent()) {
      return Optional.of(SecretBytes.takeOver(firstLine(file.get())));
    }
    return section
        .text(Pkcs11Settings.PIN)
        .map(text -> SecretBytes.takeOver(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * A link may lead to it, as to secrets that are mounted; what it leads to is this user's alone.
   */
  private static byte[] firstLine(Path file) throws BackendFailure {
    byte[] content;
    try {
      Path real = file.toRealPath();
      new FileChecks(new ProcessUser()).file(real);
      try (InputStream in = Files.newInputStream(real)) {
        content = in.readNBytes(LONGEST_PIN + 2);
      }
    } catch (UnsafeFileException e) {
      throw BackendFailure.permanent(FailureCode.MISCONFIGURED, e.observed()).advising(e.advice());
    } catch (IOException e) {
      throw Texts.PIN_FILE_UNREADABLE.permanent(FailureCode.MISCONFIGURED, file);
    }
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != '\r') {
      end++;
    }
    byte[] line = Arrays.copyOf(content, end);
    Arrays.fill(content, (byte) 0);
    if (end == 0 || end > LONGEST_PIN) {
      throw Texts.PIN_FILE_EMPTY.permanent(FailureCode.MISCONFIGURED, file, LONGEST_PIN);
    }
    return line;
  }
}

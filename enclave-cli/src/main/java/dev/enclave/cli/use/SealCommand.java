package dev.enclave.cli.use;

import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave seal}. */
@Command(
    name = "seal",
    sortOptions = false,
    description = "Encrypt a file under a fresh data key that a KEK wraps.")
public final class SealCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(index = "0", paramLabel = "KEK", description = "The wrapping key's name or handle.")
  private String kek = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "What to seal; - reads standard input.")
  private String file = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "F",
      description = "Where the sealed box goes, replacing what exists; - is standard output.")
  private String out = "";

  @Option(
      names = "--aad",
      paramLabel = "TEXT",
      description = "Authenticated with the content, not stored; open needs the same text.")
  private String associatedData = "";

  public SealCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.files().requireDistinct(file, out);
    byte[] plaintext = session.files().read(file);
    byte[] aad = associatedData.getBytes(StandardCharsets.UTF_8);
    byte[] box =
        session.withEnclave(
            enclave -> KeyArgument.wrapping(enclave, kek).seal(plaintext, aad).toByteArray());
    session.files().write(out, box);
    return 0;
  }
}

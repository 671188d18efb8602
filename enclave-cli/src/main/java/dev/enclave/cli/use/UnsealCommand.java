package dev.enclave.cli.use;

import dev.enclave.SealedBytes;
import dev.enclave.cli.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave unseal}. */
@Command(
    name = "unseal",
    sortOptions = false,
    description = "Decrypt what seal made, with the KEK the sealed box names.")
public final class UnsealCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "F", description = "The sealed box; - reads standard input.")
  private String file = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = {
        "Where the content goes, readable by you alone, replacing what exists;",
        "- is standard output."
      })
  private String out = "";

  @Option(names = "--aad", paramLabel = "TEXT", description = "The text that was given to seal.")
  private String associatedData = "";

  public UnsealCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.files().requireDistinct(file, out);
    SealedBytes box = SealedBytes.parse(session.files().read(file));
    byte[] aad = associatedData.getBytes(StandardCharsets.UTF_8);
    byte[] plaintext = session.withEnclave(enclave -> enclave.unseal(box, aad));
    session.files().writePrivate(out, plaintext);
    return 0;
  }
}

package dev.enclave.cli.use;

import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave reseal}. */
@Command(
    name = "reseal",
    sortOptions = false,
    description = {
      "Tell which version of its KEK a sealed box is under, and with --out seal"
          + " it anew under the active version."
    })
public final class ResealCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "F", description = "The sealed box; - reads standard input.")
  private String file = "";

  @Option(
      names = "--out",
      paramLabel = "F",
      description = "Where the new box goes, replacing what exists. Without it nothing is written.")
  private String out = "";

  @Option(names = "--aad", paramLabel = "TEXT", description = "The text that was given to seal.")
  private String associatedData = "";

  public ResealCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (!out.isEmpty()) {
      session.files().requireDistinct(file, out);
    }
    SealedBytes box = SealedBytes.parse(session.files().read(file));
    if (out.isEmpty()) {
      KeyVersionId active =
          session.withEnclave(
              enclave -> enclave.wrappingKeys().key(box.kek()).activeVersion().id());
      session.print(
          under(box)
              + (active.equals(box.version())
                  ? Texts.THE_ACTIVE_ONE.with()
                  : Texts.ACTIVE_IS.with(active)));
      return 0;
    }
    byte[] aad = associatedData.getBytes(StandardCharsets.UTF_8);
    SealedBytes resealed = session.withEnclave(enclave -> enclave.reseal(box, aad));
    session.files().write(out, resealed.toByteArray());
    return 0;
  }

  private static String under(SealedBytes box) {
    return Texts.UNDER_VERSION.with(box.version(), box.kek());
  }
}

package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.admin.RewrapReport;
import dev.enclave.admin.Rewrapping;
import dev.enclave.admin.StorePassphrase;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys reseal}. */
@Command(
    name = "reseal",
    sortOptions = false,
    description = {
      "Seal all keys of the backend anew: under a new passphrase, or, where a key of another"
          + " backend seals them, under the version of it that wraps now.",
      "A passphrase is asked for twice, unless a file is named. Repeat it if it is cut short. If"
          + " the old passphrase and a copy of the store are out, rotate the keys too."
    })
public final class KeysResealCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--new-passphrase-file",
      paramLabel = "FILE",
      description = "The new passphrase is the first line of this file.")
  private @Nullable String file;

  @Option(
      names = "--without-passphrase",
      description = "Protect the keys by file permissions alone. LOCAL only.")
  private boolean without;

  @Option(
      names = "--all",
      description =
          "Seal anew what is sealed under that version already, too: where a provider replaces key"
              + " material without another version, as AWS KMS does by itself.")
  private boolean all;

  @Option(names = "--json", description = "Answer in JSON. With a key of another backend only.")
  private boolean json;

  public KeysResealCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (without && file != null) {
      throw Texts.PASSPHRASE_OPTIONS_EXCLUDE.as(ErrorCode.INVALID_ARGUMENT);
    }
    return session.withEnclave(
        enclave -> {
          Optional<Rewrapping> rewrapping = enclave.admin().rewrapping();
          return rewrapping.isPresent()
              ? rewrap(enclave, rewrapping.get())
              : changePassphrase(enclave);
        });
  }

  private int rewrap(Enclave enclave, Rewrapping rewrapping) {
    if (without || file != null) {
      throw Texts.SEALED_BY_ANOTHER_BACKEND.as(
          ErrorCode.INVALID_ARGUMENT, enclave.resolution().chosen());
    }
    RewrapReport report = all ? rewrapping.rewrapAll() : rewrapping.rewrap();
    session.print(json ? inJson(report) : inWords(report));
    return report.complete() ? 0 : 1;
  }

  private static List<String> inJson(RewrapReport report) {
    return JsonOutput.object(
        out -> {
          out.writeStringField("kekVersion", report.kekVersion().value());
          JsonOutput.array(
              out,
              "rewrapped",
              report.rewrapped(),
              (item, name) -> item.writeStringField("name", name.value()));
          JsonOutput.array(
              out,
              "current",
              report.current(),
              (item, name) -> item.writeStringField("name", name.value()));
          JsonOutput.array(
              out,
              "failed",
              report.failed().entrySet(),
              (item, one) -> {
                item.writeStringField("name", one.getKey().value());
                item.writeStringField("code", one.getValue().code().name());
                item.writeStringField("message", one.getValue().getMessage());
              });
        });
  }

  private static List<String> inWords(RewrapReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        Texts.KEYS_RESEALED.with(
            report.kekVersion(), report.rewrapped().size(), report.current().size()));
    report
        .failed()
        .forEach((name, e) -> lines.add(Texts.KEY_NOT_RESEALED.with(name, e.getMessage())));
    if (!report.complete()) {
      lines.add(Texts.KEEP_OLDER_VERSIONS.with());
    }
    return lines;
  }

  private int changePassphrase(Enclave enclave) {
    if (all || json) {
      throw Texts.OPTIONS_ARE_FOR_REWRAPPING.as(ErrorCode.INVALID_ARGUMENT);
    }
    StorePassphrase store =
        enclave
            .admin()
            .passphrase()
            .orElseThrow(
                () ->
                    Texts.NOTHING_TO_RESEAL.as(
                        ErrorCode.UNSUPPORTED_OPERATION, enclave.resolution().chosen()));
    if (without) {
      store.remove();
      session.print(Texts.PASSPHRASE_REMOVED.with());
      return 0;
    }
    NewPassphrase source = new NewPassphrase(session.context(), session.files());
    char[] passphrase = file == null ? source.asked() : source.inFile(file);
    try {
      store.change(passphrase);
    } finally {
      Arrays.fill(passphrase, '\0');
    }
    session.print(Texts.PASSPHRASE_CHANGED.with());
    return 0;
  }
}

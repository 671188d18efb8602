package dev.enclave.cli.keys;

import dev.enclave.admin.StorePassphrase;
import dev.enclave.cli.session.Session;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys reseal}. */
@Command(
    name = "reseal",
    sortOptions = false,
    description = {
      "Seal all keys of the backend under a new passphrase.",
      "Asks for it twice, unless a file is named. Repeat it if it is cut short. If the old"
          + " passphrase and a copy of the store are out, rotate the keys too."
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

  public KeysResealCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (without && file != null) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "--new-passphrase-file and --without-passphrase exclude each other. Give one.");
    }
    return session.withEnclave(
        enclave -> {
          StorePassphrase store =
              enclave
                  .admin()
                  .passphrase()
                  .orElseThrow(
                      () ->
                          new UsageException(
                              ErrorCode.UNSUPPORTED_OPERATION,
                              "Backend "
                                  + enclave.resolution().chosen()
                                  + " seals no keys under a passphrase. There is nothing to reseal."));
          if (without) {
            store.remove();
            session.print(
                "Resealed. Remove the passphrase setting before the next start; restart every"
                    + " other process that has the store open.");
            return 0;
          }
          NewPassphrase source = new NewPassphrase(session.context(), session.files());
          char[] passphrase = file == null ? source.asked() : source.inFile(file);
          try {
            store.change(passphrase);
          } finally {
            Arrays.fill(passphrase, '\0');
          }
          session.print(
              "Resealed. Set the new passphrase (enclave.software.passphrase-file) before the next"
                  + " start; restart every other process that has the store open.");
          return 0;
        });
  }
}

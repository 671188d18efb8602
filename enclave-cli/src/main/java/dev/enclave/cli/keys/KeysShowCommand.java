package dev.enclave.cli.keys;

import dev.enclave.KeyInfo;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.ManagedKey.Attestation;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys show}. */
@Command(
    name = "show",
    sortOptions = false,
    description = "Show what the backend says of a key and its versions.")
public final class KeysShowCommand implements Callable<Integer> {

  /** Options that have a meaning with {@code --attestation} alone. */
  static final class Attested {

    @Option(
        names = "--attestation",
        required = true,
        description =
            "Show what the HSM that holds a version says of it. With --root, the exit code is 1"
                + " unless each root vouches for it.")
    private boolean attestation;

    @Option(
        names = "--version",
        paramLabel = "V",
        description = "Of this version; without it, of the active one.")
    private @Nullable String version;

    @Option(
        names = "--root",
        paramLabel = "FILE",
        description =
            "PEM certificates of those whose word you want, such as the HSM's maker, from elsewhere"
                + " than the provider; can be repeated.")
    private List<String> roots = new ArrayList<>();

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description =
            "Write the statement into FILE and all certificates into FILE.pem, for proof by other"
                + " tools.")
    private @Nullable String out;
  }

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  @ArgGroup(exclusive = false)
  private @Nullable Attested attested;

  public KeysShowCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (attested != null && attested.attestation) {
      return attestation(attested);
    }
    KeyInfo key = session.withEnclave(enclave -> KeyArgument.managed(enclave, name).info());
    session.print(json ? JsonOutput.object(out -> KeyOutput.json(out, key)) : KeyOutput.text(key));
    return 0;
  }

  private int attestation(Attested options) {
    AttestationFiles files = new AttestationFiles(session.files());
    var roots = files.certificates(options.roots);
    Attestation attestation =
        session.withEnclave(
            enclave -> {
              ManagedKey key = KeyArgument.managed(enclave, name);
              return key.attestation(version(key, options), roots);
            });
    if (options.out != null) {
      files.write(options.out, attestation);
    }
    session.print(
        json
            ? JsonOutput.object(out -> AttestationOutput.json(out, name, attestation))
            : AttestationOutput.text(name, attestation));
    return roots.isEmpty() || attestation.proven() ? 0 : 1;
  }

  private static KeyVersionId version(ManagedKey key, Attested options) {
    return options.version == null ? key.activeVersion().id() : KeyVersionId.of(options.version);
  }
}

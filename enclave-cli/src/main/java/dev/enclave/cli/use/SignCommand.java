package dev.enclave.cli.use;

import dev.enclave.Fallback;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave sign}. */
@Command(
    name = "sign",
    sortOptions = false,
    description = "Sign a file with the active version of a key.")
public final class SignCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "What to sign; - reads standard input.")
  private String file = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "SIG",
      description = "Where the signature goes, replacing what exists; - is standard output.")
  private String out = "";

  @Option(
      names = "--encoding",
      paramLabel = "ENCODING",
      description = "ECDSA: der (the default) or p1363. Others: raw.")
  private @Nullable String encoding;

  @Option(names = "--prehashed", description = "FILE is the digest itself, as binary.")
  private boolean prehashed;

  public SignCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.files().requireDistinct(file, out);
    byte[] content = session.files().read(file);
    SignatureValue signature =
        requireOwn(
            session.withEnclave(enclave -> sign(KeyArgument.signing(enclave, name), content)));
    session.files().write(out, signature.toByteArray());
    if (!out.equals("-")) {
      session.print(summary(signature));
    }
    return 0;
  }

  /** A file of signature bytes has no place for an endorsement, without which nobody accepts it. */
  static SignatureValue requireOwn(SignatureValue signature) {
    Optional<Fallback.Endorsement> endorsement = Fallback.Endorsement.of(signature);
    if (endorsement.isPresent()) {
      throw Texts.COMPANION_SIGNED.as(ErrorCode.FALLBACK_IN_USE, endorsement.get().key().name());
    }
    return signature;
  }

  private SignatureValue sign(SigningKey key, byte[] content) {
    SignatureEncoding wanted = SignatureInputs.encoding(encoding, key.algorithm());
    SigningInput input = SignatureInputs.input(content, prehashed, key.algorithm());
    return key.sign(input, SignOptions.defaults().encoding(wanted));
  }

  private static String summary(SignatureValue signature) {
    return Texts.SIGNED.with(
        signature.version(),
        signature.key().name(),
        signature.algorithm(),
        signature.encoding(),
        signature.bytes().size(),
        signature.recoveryId().stream()
            .mapToObj(id -> Texts.RECOVERY_ID.with(id))
            .findFirst()
            .orElse(""));
  }
}

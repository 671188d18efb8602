package dev.enclave.kubernetes.internal.connect;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A token that somebody keeps fresh in a file: kubelet, for a projected volume. */
final class TokenFile implements Credential {

  /** What a pod's specification needs, in one line of YAML. */
  static final String PROJECTED = Texts.PROJECTED.with();

  private static final String REMEDY = Texts.REMEDY.with(PROJECTED, KubernetesSettings.TOKEN_FILE);

  private final String path;
  private final Optional<String> folder;
  private final BackendContext context;

  /**
   * @param folder which it must lie in, whatever links lead to; none where an operator names it
   */
  TokenFile(String path, Optional<String> folder, BackendContext context) {
    this.path = path;
    this.folder = folder;
    this.context = context;
  }

  @Override
  public Optional<Token> token() throws BackendFailure {
    Optional<Token> token = read();
    if (token.isEmpty()) {
      throw Texts.NO_TOKEN.permanent(FailureCode.MISCONFIGURED, path, REMEDY).naming(path);
    }
    if (token.get().end().isEmpty() && context.environment().isStrict()) {
      throw Texts.ENDLESS_REFUSED
          .permanent(FailureCode.REFUSED, endless(), context.environment(), REMEDY)
          .naming(path);
    }
    return token;
  }

  private Optional<Token> read() {
    return target().filter(this::isWithin).flatMap(context.snapshot()::read).flatMap(Token::of);
  }

  /** Whether it lies elsewhere than it must, as links lead now. */
  boolean strays() {
    return target().filter(file -> !isWithin(file)).isPresent();
  }

  private Optional<String> target() {
    return folder.isEmpty() ? Optional.of(path) : context.snapshot().realPath(path);
  }

  private boolean isWithin(String file) {
    return folder.isEmpty()
        || context
            .snapshot()
            .realPath(folder.get())
            .filter(root -> Path.of(file).startsWith(Path.of(root)))
            .isPresent();
  }

  private String endless() {
    return Texts.ENDLESS.with(path);
  }

  @Override
  public String named() {
    return Texts.TOKEN_IN.with(path);
  }

  @Override
  public String renewal() {
    return folder.isPresent() ? Kubeconfig.RENEWAL : Texts.MOUNT_PROJECTED.with();
  }

  @Override
  public List<Finding> findings() {
    return read().filter(token -> token.end().isEmpty()).isEmpty()
        ? List.of()
        : List.of(Finding.of(Severity.WARNING, ErrorCode.POLICY_NOT_MET, endless(), REMEDY));
  }
}

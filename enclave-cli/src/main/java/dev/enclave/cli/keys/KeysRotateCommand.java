package dev.enclave.cli.keys;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys rotate}. */
@Command(
    name = "rotate",
    sortOptions = false,
    description = {
      "Make a new version of a key and activate it.",
      "What the old one signed still verifies, unless the reason is compromise.",
      "The old one signs no more: of a key that is an address, move what it holds first."
    })
public final class KeysRotateCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "administrative (the default), scheduled, superseded or compromise.")
  private String reason = "administrative";

  @Option(
      names = "--if-active",
      paramLabel = "V",
      description = "Rotate only if this version is still the active one.")
  private @Nullable String expected;

  @Option(
      names = "--yes",
      description = "Confirms that the address of a key may be left: secp256k1, or never rotated.")
  private boolean yes;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public KeysRotateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    RotationRequest request =
        new RotationRequest(
            KeyArgument.version(expected), RotationReason.parse(reason), Optional.empty());
    RotationResult result =
        session.withEnclave(
            enclave -> {
              ManagedKey key = KeyArgument.managed(enclave, name);
              AddressKeys.requireConfirmed(key.info(), yes, Texts.NOTHING_WAS_ROTATED.with());
              return key.rotate(request);
            });
    session.print(json ? JsonOutput.object(out -> json(out, result)) : List.of(text(result)));
    return 0;
  }

  private static String text(RotationResult result) {
    boolean retired = result.previous().state() == KeyState.VERIFY_ONLY;
    String does = result.key().purpose() == KeyPurpose.SIGN ? "verifies" : "opens";
    return Texts.KEY_ROTATED.with(
        result.key().name(),
        result.active().id(),
        result.previous().id(),
        retired ? Texts.ONLY_DOES_NOW.with(does) : Texts.IS_NOW.with(result.previous().state()));
  }

  private static void json(JsonGenerator out, RotationResult result) throws IOException {
    out.writeStringField("previousVersion", result.previous().id().value());
    out.writeStringField("previousState", result.previous().state().name());
    out.writeStringField("activeVersion", result.active().id().value());
    out.writeStringField("reason", result.reason().name());
    if (result.statement().isPresent()) {
      SuccessionStatement statement = result.statement().get();
      out.writeObjectFieldStart("succession");
      out.writeStringField(
          "message", new String(statement.message().toByteArray(), StandardCharsets.UTF_8));
      out.writeBinaryField("signature", statement.signature().toByteArray());
      out.writeStringField("encoding", statement.signature().encoding().name());
      out.writeStringField("statementKey", statement.byEnclave().key().toString());
      out.writeBinaryField("byEnclave", statement.byEnclave().signature().toByteArray());
      out.writeEndObject();
    } else {
      out.writeNullField("succession");
    }
    out.writeObjectFieldStart("key");
    KeyOutput.json(out, result.key());
    out.writeEndObject();
  }
}

package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EcdsaSignature;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial.Variant;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.transit.SigningOptions.Marshaling;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code path_sign_verify.go}. */
final class Signing {

  private final Keys keys;
  private final Macs macs;
  private final SecureRandom random;

  Signing(Keys keys, Macs macs, SecureRandom random) {
    this.keys = keys;
    this.macs = macs;
    this.random = random;
  }

  void register(PathTable paths) {
    paths
        .computing("sign/{name}(?:/(?<alg>[\\w-]+))?", "transit/sign", this::sign)
        .computing("verify/{name}(?:/(?<alg>[\\w-]+))?", "transit/verify", this::verify);
  }

  private VaultAnswer sign(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    int version = input.integer("key_version").orElse(0);
    SigningOptions options = SigningOptions.of(input, path.get("alg"));
    TransitKey key =
        keys.get(path.get("name"), call)
            .orElseThrow(() -> VaultFailure.invalid("signing key not found"));
    requireSigning(key, "signing");
    options.requireSense();
    Batch batch = Batch.of(input);
    if (!batch.many()) {
      return VaultAnswer.of(signed(key, version, options, input));
    }
    List<Map<String, @Nullable Object>> results = new ArrayList<>();
    for (int index = 0; index < batch.items().size(); index++) {
      results.add(resultOf(batch, index, item -> signed(key, version, options, item), 0));
    }
    return VaultAnswer.of(Map.of("batch_results", results));
  }

  /** What becomes of one item, errors among the results. */
  private static Map<String, @Nullable Object> resultOf(
      Batch batch,
      int index,
      Function<Input, Map<String, @Nullable Object>> work,
      int versionOfErrors) {
    Map<String, @Nullable Object> result;
    Input item = batch.items().get(index);
    try {
      if (!item.has("input")) {
        throw UserError.of("missing input");
      }
      result = new LinkedHashMap<>(work.apply(item));
    } catch (UserError | VaultFailure e) {
      result = new LinkedHashMap<>();
      if (versionOfErrors == 0) {
        result.put("key_version", 0);
      } else {
        result.put("valid", false);
      }
      result.put("error", unwrapped(e));
    }
    result.put("reference", batch.reference(index).orElse(""));
    return result;
  }

  /** Without the list that the core puts around an error. */
  private static String unwrapped(RuntimeException e) {
    return String.valueOf(e.getMessage()).replaceAll("^1 error occurred:\n\t\\* |\n\n$", "");
  }

  /**
   * Errors of the key and its versions are answered with 500, although the request is at fault:
   * path_sign_verify.go returns them without a response ({@code hashicorp/vault} issue 20713).
   */
  private Map<String, @Nullable Object> signed(
      TransitKey key, int asked, SigningOptions options, Input input) {
    byte[] message = decoded(input);
    byte[] hashed = options.hashed(key.type(), message);
    byte[] context = context(input);
    try {
      int number = versionFor(key, asked);
      KeyVersion version = key.version(number).orElseThrow(() -> UserError.of(Refusals.NO_VERSION));
      SigningMaterial pair = pairOf(key, version, context);
      Map<String, @Nullable Object> data = new LinkedHashMap<>();
      data.put("signature", prefix(number) + signature(pair, hashed, options));
      data.put("key_version", number);
      if (key.traits().derived() && pair instanceof EdwardsMaterial edwards) {
        data.put("public_key", GoBase64.encode(KeyVersion.rawPublicKey(edwards)));
      }
      return data;
    } catch (UserError e) {
      throw VaultFailure.ofCore(500, e.text());
    }
  }

  static String prefix(int version) {
    return "vault:v" + version + ":";
  }

  private static int versionFor(TransitKey key, int asked) {
    if (key.softDeleted()) {
      throw UserError.of(Refusals.SOFT_DELETED);
    }
    if (asked < 0) {
      throw UserError.of("requested version for signing is negative");
    }
    if (asked > key.latest()) {
      throw UserError.of("requested version for signing is higher than the latest key version");
    }
    if (asked > 0 && key.limits().encryption() > asked) {
      throw UserError.of(
          "requested version for signing is less than the minimum encryption key version");
    }
    return asked == 0 ? key.latest() : asked;
  }

  private static SigningMaterial pairOf(TransitKey key, KeyVersion version, byte[] context) {
    if (!key.traits().derived()) {
      return version.pair().orElseThrow();
    }
    if (context.length == 0) {
      throw UserError.internal(
          "error deriving key: missing 'context' for key derivation; the key was created using a"
              + " derived key, which means additional, per-request information must be included in"
              + " order to perform operations with the key");
    }
    return Derivation.pair(version, context);
  }

  private String signature(SigningMaterial pair, byte[] hashed, SigningOptions options) {
    boolean jws = options.marshaling() == Marshaling.JWS;
    byte[] signature;
    if (pair instanceof EcMaterial ec) {
      EcdsaSignature made = ec.sign(hashed, random);
      signature = jws ? made.fixedWidth() : made.der();
    } else if (pair instanceof EdwardsMaterial edwards) {
      signature = edwards.sign(Variant.PURE, hashed);
    } else {
      signature = options.signRsa((RsaMaterial) pair, hashed, random);
    }
    return jws
        ? Base64.getUrlEncoder().withoutPadding().encodeToString(signature)
        : GoBase64.encode(signature);
  }

  private VaultAnswer verify(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    Batch batch = Batch.of(input);
    if (macsAsked(batch)) {
      return macs.verify(call, path, batch);
    }
    SigningOptions options = SigningOptions.of(input, path.get("alg"));
    TransitKey key =
        keys.get(path.get("name"), call)
            .orElseThrow(() -> VaultFailure.invalid("signature verification key not found"));
    requireSigning(key, "verification");
    options.requireSense();
    if (!batch.many()) {
      return VaultAnswer.of(Map.of("valid", verified(key, options, input)));
    }
    List<Map<String, @Nullable Object>> results = new ArrayList<>();
    for (int index = 0; index < batch.items().size(); index++) {
      results.add(resultOf(batch, index, item -> Map.of("valid", verified(key, options, item)), 1));
    }
    return VaultAnswer.of(Map.of("batch_results", results));
  }

  /** Whether MACs are to be verified, as {@code verify} does too; all items alike. */
  private static boolean macsAsked(Batch batch) {
    boolean signatures = batch.items().stream().anyMatch(item -> item.has("signature"));
    boolean hmacs =
        batch.items().stream().anyMatch(item -> !item.has("signature") && item.has("hmac"));
    boolean missing =
        batch.items().stream().anyMatch(item -> !item.has("signature") && !item.has("hmac"));
    if (!batch.many()) {
      if (missing) {
        throw VaultFailure.invalid("neither a 'signature' nor an 'hmac' were given to verify");
      }
      if (signatures && batch.items().get(0).has("hmac")) {
        throw VaultFailure.invalid("provide one of 'signature' or 'hmac'");
      }
      return hmacs;
    }
    if (signatures && hmacs) {
      throw VaultFailure.invalid(
          "elements of batch_input must all provide 'signature' or all provide 'hmac'");
    }
    if (missing) {
      throw VaultFailure.invalid(
          signatures
              ? "some elements of batch_input are missing 'signature'"
              : hmacs
                  ? "some elements of batch_input are missing 'hmac'"
                  : "no batch_input elements have 'signature' or 'hmac'");
    }
    return hmacs;
  }

  private boolean verified(TransitKey key, SigningOptions options, Input input) {
    byte[] hashed = options.hashed(key.type(), decoded(input));
    byte[] context = context(input);
    try {
      Versioned signature = Versioned.parse("signature", input.textOrEmpty("signature"), key);
      byte[] bytes =
          (options.marshaling() == Marshaling.JWS
                  ? GoBase64.decodeRawUrl(signature.text())
                  : GoBase64.decode(signature.text()))
              .orElseThrow(() -> UserError.of("invalid base64 signature value"));
      KeyVersion version =
          key.version(signature.version()).orElseThrow(() -> UserError.of(Refusals.NO_VERSION));
      return matches(pairOf(key, version, context), hashed, bytes, options);
    } catch (UserError e) {
      throw e.internal() ? VaultFailure.ofCore(500, e.text()) : VaultFailure.invalid(e.text());
    }
  }

  private static boolean matches(
      SigningMaterial pair, byte[] hashed, byte[] bytes, SigningOptions options) {
    if (pair instanceof EcMaterial ec) {
      Optional<EcdsaSignature> signature =
          options.marshaling() == Marshaling.JWS
              ? EcdsaSignature.ofFixedWidth(ec.curve(), bytes)
              : EcdsaSignature.ofDer(ec.curve(), bytes);
      if (signature.isEmpty() && options.marshaling() == Marshaling.ASN1) {
        throw UserError.of("supplied signature is invalid");
      }
      return signature.filter(each -> ec.verify(hashed, each)).isPresent();
    }
    return pair instanceof EdwardsMaterial edwards
        ? edwards.verify(Variant.PURE, hashed, bytes)
        : options.verifyRsa((RsaMaterial) pair, hashed, bytes);
  }

  private static void requireSigning(TransitKey key, String what) {
    if (!key.type().signs()) {
      throw VaultFailure.invalid("key type " + key.type().title() + " does not support " + what);
    }
  }

  private static byte[] decoded(Input input) {
    String text = input.textOrEmpty("input");
    return GoBase64.decode(text)
        .orElseThrow(
            () ->
                VaultFailure.invalid("unable to decode input as base64: " + GoBase64.error(text)));
  }

  private static byte[] context(Input input) {
    return GoBase64.decode(input.textOrEmpty("context"))
        .orElseThrow(() -> VaultFailure.invalid("failed to base64-decode context"));
  }
}

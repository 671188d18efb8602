package dev.enclave.emulators.internal.azure.keys.use;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * "Key types, algorithms, and operations", Symmetric key algorithms (managed HSM): AES-KW (RFC
 * 3394) wraps; AES-GCM, whose initialization vector the HSM chooses, and AES-CBC encrypt. The
 * number in the name is the key's length.
 */
final class AesEncryption {

  private static final Pattern NAME = Pattern.compile("A(128|192|256)(KW|GCM|CBC|CBCPAD)");
  private static final int NONCE_BYTES = 12;
  private static final int BLOCK_BYTES = 16;

  private AesEncryption() {}

  static byte[] wrap(SecretMaterial key, String algorithm, byte[] value) {
    mode(key, algorithm, Pattern.compile("KW"));
    if (value.length < BLOCK_BYTES || value.length % 8 != 0) {
      throw AzureFailure.badParameter(
          "Invalid length of 'value': " + value.length + " bytes. AES-KW takes 16, 24, 32 ...");
    }
    return key.wrap(value);
  }

  static byte[] unwrap(SecretMaterial key, String algorithm, byte[] value) {
    mode(key, algorithm, Pattern.compile("KW"));
    return plaintext(key.unwrap(value));
  }

  static Map<String, Object> encrypt(
      SecretMaterial key, String algorithm, byte[] value, Input input, SecureRandom random) {
    String mode = mode(key, algorithm, Pattern.compile("GCM|CBC|CBCPAD"));
    Map<String, Object> answer = new LinkedHashMap<>();
    if (mode.equals("GCM")) {
      byte[] additional = input.bytes("aad").orElse(new byte[0]);
      byte[] sealed = key.seal(value, additional, random);
      int tag = sealed.length - BLOCK_BYTES;
      answer.put("value", Base64Url.encode(Arrays.copyOfRange(sealed, NONCE_BYTES, tag)));
      answer.put("iv", Base64Url.encode(Arrays.copyOf(sealed, NONCE_BYTES)));
      answer.put("tag", Base64Url.encode(Arrays.copyOfRange(sealed, tag, sealed.length)));
      input.text("aad").ifPresent(text -> answer.put("aad", text));
      return answer;
    }
    byte[] iv = iv(input, BLOCK_BYTES);
    if (mode.equals("CBC") && value.length % BLOCK_BYTES != 0) {
      throw AzureFailure.badParameter(
          "Invalid length of 'value': " + value.length + " bytes. AES-CBC takes whole blocks.");
    }
    answer.put("value", Base64Url.encode(key.encryptCbc(value, iv, mode.equals("CBCPAD"))));
    answer.put("iv", Base64Url.encode(iv));
    return answer;
  }

  static byte[] decrypt(SecretMaterial key, String algorithm, byte[] value, Input input) {
    String mode = mode(key, algorithm, Pattern.compile("GCM|CBC|CBCPAD"));
    if (!mode.equals("GCM")) {
      return plaintext(key.decryptCbc(value, iv(input, BLOCK_BYTES), mode.equals("CBCPAD")));
    }
    byte[] iv = iv(input, NONCE_BYTES);
    byte[] tag = input.requiredBytes("tag");
    byte[] sealed = Arrays.copyOf(iv, iv.length + value.length + tag.length);
    System.arraycopy(value, 0, sealed, iv.length, value.length);
    System.arraycopy(tag, 0, sealed, iv.length + value.length, tag.length);
    return plaintext(
        tag.length == BLOCK_BYTES
            ? key.open(sealed, input.bytes("aad").orElse(new byte[0]))
            : Optional.empty());
  }

  /** The part of the name behind the key's length. */
  private static String mode(SecretMaterial key, String algorithm, Pattern modes) {
    Matcher name = NAME.matcher(algorithm);
    if (!name.matches()
        || !modes.matcher(name.group(2)).matches()
        || Integer.parseInt(name.group(1)) != key.length() * 8) {
      throw Encryption.unsuitable(algorithm);
    }
    return name.group(2);
  }

  private static byte[] iv(Input input, int length) {
    byte[] iv = input.requiredBytes("iv");
    if (iv.length != length) {
      throw AzureFailure.badParameter("The iv must be " + length + " bytes.");
    }
    return iv;
  }

  private static byte[] plaintext(Optional<byte[]> plaintext) {
    return plaintext.orElseThrow(
        () -> AzureFailure.badParameter("The value is no ciphertext of this key."));
  }
}

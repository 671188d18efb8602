package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.testkit.InMemoryEnclave;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(InMemoryEnclave.class)
class EthereumTransactionTest {

  /** The example of EIP-155: nonce 9, 20 gwei, 21,000 gas, one ether to 0x3535…35 on chain 1. */
  private static final EthereumTransaction EXAMPLE =
      new EthereumTransaction(
          1,
          9,
          BigInteger.valueOf(20_000_000_000L),
          21_000,
          Bytes.of(HexFormat.of().parseHex("35".repeat(20))),
          BigInteger.TEN.pow(18));

  /** What the EIP signs. */
  private static final String SIGNING_DATA =
      "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080";

  private static final String FIELDS =
      "098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080";

  @Test
  void signsTheDataOfTheStandard_andEncodesTheSignature(Enclave enclave) {
    SigningKey key =
        enclave.createKey(
            KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256));

    String signed = EXAMPLE.signedBy(key).toHex();

    assertThat(signed).contains(FIELDS).matches("f8[0-9a-f]{2}" + FIELDS + "2[56][0-9a-f]+");
    BigInteger r = field(signed, FIELDS.length() + 4 + 2);
    BigInteger s =
        field(signed, FIELDS.length() + 4 + 2 + 2 + 2 * length(signed, FIELDS.length() + 6));
    Message data = Message.of(HexFormat.of().parseHex(SIGNING_DATA));
    assertThat(verifies(key, data, r, s)).isTrue();
  }

  private static int length(String hex, int at) {
    return Integer.parseInt(hex.substring(at, at + 2), 16) - 0x80;
  }

  private static BigInteger field(String hex, int at) {
    return new BigInteger(hex.substring(at + 2, at + 2 + 2 * length(hex, at)), 16);
  }

  private static boolean verifies(SigningKey key, Message data, BigInteger r, BigInteger s) {
    String p1363 = String.format(Locale.ROOT, "%064x%064x", r, s);
    return SignatureVerifier.of(key.publicKey())
        .verify(data, HexFormat.of().parseHex(p1363), dev.enclave.SignatureEncoding.P1363);
  }
}

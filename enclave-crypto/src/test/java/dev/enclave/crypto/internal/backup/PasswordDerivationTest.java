package dev.enclave.crypto.internal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.ObjectId;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class PasswordDerivationTest {

  /** A number of 100 KB; to write one of some MB in decimal takes minutes. */
  @Test
  void refusesAHugeCostWithoutWritingItOut() {
    byte[] scrypt =
        DerWriter.sequence(
            ObjectId.encode(ObjectId.SCRYPT),
            DerWriter.sequence(
                DerWriter.octetString(new byte[16]),
                DerWriter.integer(BigInteger.ONE.shiftLeft(800_000)),
                DerWriter.integer(BigInteger.valueOf(8)),
                DerWriter.integer(BigInteger.ONE)));
    byte[] cipher =
        DerWriter.sequence(
            ObjectId.encode(ObjectId.AES_256_CBC), DerWriter.octetString(new byte[16]));
    byte[] block =
        DerWriter.sequence(
            DerWriter.sequence(ObjectId.encode(ObjectId.PBES2), DerWriter.sequence(scrypt, cipher)),
            DerWriter.octetString(new byte[32]));
    UsageException refused =
        catchThrowableOfType(
            UsageException.class,
            () -> new BackupReader(KeyBackup.of(List.of(Bytes.of(block))), new SecureRandom()));
    assertThat(refused).hasMessageContaining("a cost of 800001 bits");
    assertThat(refused.getMessage()).hasSizeLessThan(1000);
  }
}

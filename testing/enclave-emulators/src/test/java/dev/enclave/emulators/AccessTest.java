package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.Tag;

class AccessTest {

  private final AwsKmsServer server = AwsKmsServer.builder().start();
  private final KmsClient kms = Clients.kms(server);
  private final KmsClient signer = Clients.kms(server, server.sessionCredentials("signer"));

  @AfterEach
  void stop() {
    signer.close();
    kms.close();
    server.close();
  }

  @Test
  void deniesWhatARuleForbids_toWhomItForbidsIt() {
    String keyId = kms.createKey().keyMetadata().keyId();
    server.deny(new Denial("*:role/signer", "kms:Describe*", "*"));

    assertRefused(
        () -> describe(signer, keyId),
        "AccessDeniedException",
        "User: arn:aws:sts::111122223333:assumed-role/signer/session is not authorized to perform:"
            + " kms:DescribeKey on resource: arn:aws:kms:eu-west-1:111122223333:key/"
            + keyId);
    describe(kms, keyId);
    server.clearDenials();
    describe(signer, keyId);
  }

  @Test
  void deniesOneKeyAlone() {
    String first = kms.createKey().keyMetadata().keyId();
    String second = kms.createKey().keyMetadata().keyId();
    server.deny(new Denial("*", "kms:DescribeKey", "*key/" + first));

    assertRefused(() -> describe(kms, first), "AccessDeniedException");
    describe(kms, second);
  }

  @Test
  void needsTheRightToTag_toCreateWithTags() {
    server.deny(Denial.of("kms:TagResource"));

    assertRefused(
        () -> kms.createKey(c -> c.tags(Tag.builder().tagKey("a").tagValue("b").build())),
        "AccessDeniedException");
    kms.createKey();
  }

  @Test
  void keepsToTheKeysPolicy() {
    String keyId =
        kms.createKey(
                create ->
                    create.policy(
                        """
                        {"Version":"2012-10-17","Statement":[
                          {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},
                           "Action":"kms:*","Resource":"*"},
                          {"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/signer"},
                           "Action":["kms:DescribeKey","kms:Sign"],"Resource":"*"}]}
                        """))
            .keyMetadata()
            .keyId();

    assertRefused(
        () -> describe(signer, keyId),
        "AccessDeniedException",
        "with an explicit deny in a resource-based policy");
    describe(kms, keyId);
  }

  @Test
  void refusesAPolicy_thatLocksItsAuthorOut_unlessToldNotToLook() {
    String policy =
        """
        {"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/other"},
          "Action":"kms:*","Resource":"*"}]}
        """;

    assertRefused(() -> kms.createKey(c -> c.policy(policy)), "MalformedPolicyDocumentException");
    assertRefused(() -> kms.createKey(c -> c.policy("{")), "MalformedPolicyDocumentException");
    String keyId =
        kms.createKey(c -> c.policy(policy).bypassPolicyLockoutSafetyCheck(true))
            .keyMetadata()
            .keyId();
    assertRefused(
        () -> describe(kms, keyId),
        "AccessDeniedException",
        "because no resource-based policy allows the kms:DescribeKey action");
  }

  private static void describe(KmsClient client, String keyId) throws KmsException {
    assertThat(client.describeKey(d -> d.keyId(keyId)).keyMetadata().keyId()).isEqualTo(keyId);
  }
}

package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.LostAnswersCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on Google Cloud KMS. */
@Tag("needs-kube-apiserver")
class LostAnswersTest extends LostAnswersCampaign {

  LostAnswersTest() {
    super(new KekOnGoogle());
  }
}

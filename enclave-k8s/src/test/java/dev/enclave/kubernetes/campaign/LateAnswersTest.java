package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.LateAnswersCampaign;
import org.junit.jupiter.api.Tag;

/** Without a key-encryption key, since the backend is opened alone. */
@Tag("needs-kube-apiserver")
class LateAnswersTest extends LateAnswersCampaign {

  LateAnswersTest() {
    super(new WithoutKek());
  }
}

package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.LateAnswersCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class LateAnswersTest extends LateAnswersCampaign {

  LateAnswersTest() {
    super(new SoftHsmUnderTest());
  }
}

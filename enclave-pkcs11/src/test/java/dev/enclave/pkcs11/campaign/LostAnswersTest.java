package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.LostAnswersCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class LostAnswersTest extends LostAnswersCampaign {

  LostAnswersTest() {
    super(new SoftHsmUnderTest());
  }
}

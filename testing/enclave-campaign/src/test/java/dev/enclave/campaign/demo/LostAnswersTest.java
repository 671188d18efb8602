package dev.enclave.campaign.demo;

import dev.enclave.campaign.LostAnswersCampaign;

class LostAnswersTest extends LostAnswersCampaign {

  LostAnswersTest() {
    super(new KeyhouseUnderTest());
  }
}

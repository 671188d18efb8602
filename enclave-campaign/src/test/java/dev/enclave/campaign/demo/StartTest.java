package dev.enclave.campaign.demo;

import dev.enclave.campaign.StartCampaign;

class StartTest extends StartCampaign {

  StartTest() {
    super(new KeyhouseUnderTest());
  }
}

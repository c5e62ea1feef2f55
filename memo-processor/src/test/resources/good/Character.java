package com.acme.game;

record Character(String name) {}

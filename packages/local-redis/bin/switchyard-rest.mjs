#!/usr/bin/env node
import '../dist/rest/switchyard-rest.js';

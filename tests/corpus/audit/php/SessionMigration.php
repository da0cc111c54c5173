<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

class CreateSupportSessions extends Migration
{
    public function up()
    {
        Schema::create('support_sessions', function (Blueprint $table) {
            $table->increments('id');
            $table->integer('lsid')->unsigned()->index();
            $table->integer('lseq')->unique();
            $table->dateTime('start_time');
            $table->integer('duration')->default(0);
            $table->string('external_key', 20)->nullable();
            $table->timestamps();
        });

        Schema::create('support_files', function (Blueprint $table) {
            $table->increments('id');
            $table->string('lsid', 16);
            $table->string('name', 200);
            $table->bigInteger('size');
            $table->index(['lsid', 'name']);
        });
    }

    public function down()
    {
        Schema::dropIfExists('support_files');
        Schema::dropIfExists('support_sessions');
    }
}

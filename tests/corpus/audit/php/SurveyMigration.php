<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Schema;

class CreateSurveys extends Migration
{
    public function up()
    {
        Schema::create('surveys', function (Blueprint $table) {
            $table->increments('id');
            $table->string('lsid', 32);
            $table->integer('lseq')->nullable()->index();
            $table->unsignedTinyInteger('score');
            $table->string('language', 5);
            $table->dateTime('taken_at');
            $table->unique(['lsid', 'lseq']);
        });
    }

    public function down()
    {
        Schema::dropIfExists('surveys');
    }

    public static function worst(int $limit)
    {
        return DB::table('surveys')
            ->select('lsid', DB::raw('AVG(score) AS mean'), DB::raw('COUNT(lsid) AS n'))
            ->groupBy('lsid')
            ->havingRaw('COUNT(lsid) > 5')
            ->orderBy('mean')
            ->limit($limit)
            ->get();
    }

    public static function ofSession($lsid)
    {
        // $table->integer('lsid') was the type until the appliance was updated
        return DB::table('surveys')->where('lsid', (string) $lsid)->orderBy('taken_at')->get();
    }
}
